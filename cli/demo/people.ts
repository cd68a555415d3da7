import type { Random } from './random.ts'

// Who appears in the demo. All names are made up.

export const customers = [
  'acme-eu',
  'acme-us',
  'northwind',
  'globex',
  'initech',
  'hooli-retail',
  'umbrella-health',
  'stark-outdoor',
] as const

const firstNames = [
  'Ada',
  'Marek',
  'Lin',
  'Priya',
  'Tomás',
  'Ingrid',
  'Yusuf',
  'Chloé',
  'Daniel',
  'Amara',
  'Kenji',
  'Sofia',
  'Ruth',
  'Oleg',
  'Maya',
  'Hannah',
]
const lastNames = [
  'Novak',
  'Okafor',
  'Lindqvist',
  'Sharma',
  'Moreau',
  'Tanaka',
  'Weber',
  'Costa',
  'Haddad',
  'Byrne',
  'Petrov',
  'Kaya',
  'Jensen',
  'Romero',
  'Fischer',
  'Wu',
]

export interface Person {
  readonly id: string
  readonly name: string
  readonly email: string
}

/** One of a few hundred people, so that some come back. */
export function person(random: Random): Person {
  const number = random.int(4000, 4419)
  const name = `${firstNames[number % 16]} ${lastNames[Math.floor(number / 16) % 16]}`
  return {
    id: String(number),
    name,
    email: `${name
      .toLowerCase()
      .normalize('NFD')
      .replace(/[^a-z ]/g, '')
      .replace(' ', '.')}@example.com`,
  }
}

export const approvers = ['jane@acme', 'samir@acme', 'lucia@acme', 'ops-duty@acme'] as const

export interface Order {
  readonly id: string
  readonly item: string
  readonly amount: number
  readonly daysAgo: number
  readonly carrier: string
}

const products: readonly (readonly [string, number])[] = [
  ['Aeris espresso machine', 420],
  ['Nordlicht floor lamp', 189],
  ['Trailhead 45 l backpack', 134.5],
  ['Cloudrest memory pillow', 39.9],
  ['Vela standing desk', 649],
  ['Kite noise-cancelling headphones', 279],
  ['Copperline saucepan set', 158],
  ['Solis solar power bank', 74.95],
  ['Meadow wool blanket', 96],
  ['Piccolo kids bike', 249],
  ['Harbor rain jacket', 119],
  ['Luma e-reader', 139],
]

export function order(random: Random, price: 'any' | 'small' | 'large' = 'any'): Order {
  const fitting = products.filter(([, amount]) => price === 'any' || (price === 'small' ? amount <= 200 : amount > 200))
  const [item, amount] = random.pick(fitting)
  return {
    id: `A-${random.int(1001, 9899)}`,
    item,
    amount,
    daysAgo: random.int(2, 24),
    carrier: random.pick(['DHL', 'UPS', 'PostNord', 'DPD']),
  }
}

export function money(amount: number): string {
  return `$${amount.toFixed(2)}`
}
