import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { sessionFacetsQuery } from '../api/queries.ts'
import { type Choice, ChoiceSelect } from '../components/ChoiceSelect.tsx'
import { useScope } from '../search/use-scope.ts'
import { formatCompact } from '../util/format.ts'

const ALL = '*'

/** Environments that sent runs in the range. What the URL names is offered even where nothing came from it. */
export const EnvironmentSelect = () => {
  const navigate = useNavigate()
  const { range, env } = useScope()
  const { data } = useQuery(sessionFacetsQuery({ ...range }))
  const counted = data?.facets.find((facet) => facet.field === 'env')?.values ?? []
  const known = [
    ...counted,
    ...env.filter((name) => !counted.some((one) => one.value === name)).map((value) => ({ value, count: 0 })),
  ]
  const choices: Choice<string>[] = [
    { id: ALL, label: 'all environments' },
    ...known
      .filter(({ value }) => value !== '')
      .map(({ value, count }) => ({ id: value, label: value, detail: formatCompact(count) })),
  ]
  const select = (value: string) =>
    void navigate({ to: '.', search: (search) => ({ ...search, env: value === ALL ? undefined : [value] }) })
  return (
    <ChoiceSelect
      label="Environment"
      choices={choices}
      value={env.length === 1 ? env[0]! : ALL}
      valueText={env.length > 1 ? `${env.length} environments` : (env[0] ?? 'all environments')}
      onChange={select}
    />
  )
}
