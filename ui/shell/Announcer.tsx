import { useEffect, useState } from 'react'

/** Says the name of the page that opened. Set a moment later than the page itself, or screen readers talk over it. */
export const Announcer = ({ text }: { readonly text: string }) => {
  const [said, setSaid] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSaid(text), 100)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <div className="sr" aria-live="polite" role="status">
      {said}
    </div>
  )
}
