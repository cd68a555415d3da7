import { expect, test } from 'vitest'
import { parseViews, withoutView, withView } from './saved-views.ts'

const failures = { name: 'failures', search: '?outcome=failure' }

test('a name stands once, and the list is in order', () => {
  const views = withView(withView([failures], { name: 'dear', search: '?sort=-costUsd' }), {
    ...failures,
    search: '?outcome=failure&env=production',
  })
  expect(views).toEqual([
    { name: 'dear', search: '?sort=-costUsd' },
    { name: 'failures', search: '?outcome=failure&env=production' },
  ])
  expect(withoutView(views, 'dear')).toHaveLength(1)
})

test.each([null, '', '{', '{}', '[1, null, {"name": 3}]', '[{"name": "", "search": "?"}]'])(
  'a storage that holds %j holds no view',
  (text) => expect(parseViews(text)).toEqual([]),
)
test('what was written is read', () => expect(parseViews(JSON.stringify([failures]))).toEqual([failures]))
