import type { RowBinaryWriter } from './row-binary-writer.ts'

/** Collects one column. */
export interface ColumnWriter {
  add(value: unknown): void
  readonly isDefault: boolean
  /** What stands once before the column's data. */
  writePrefix(out: RowBinaryWriter): void
  write(out: RowBinaryWriter): void
  reset(): void
}

/** A column whose values can be keys or values of a map, and be said again. */
export interface ElementWriter extends ColumnWriter {
  /** Where the next value goes. */
  readonly place: number
  /** The values between two places once more. */
  repeat(from: number, to: number): void
}

const INITIAL_ROWS = 1024

/** Ends of the rows' elements in a nested column: UInt64, whose high halves stay 0, since a block is held in memory. */
class Offsets {
  #halves = new Uint32Array(INITIAL_ROWS * 2)
  rows = 0
  total = 0

  add(elements: number): void {
    if (this.rows * 2 === this.#halves.length) {
      const grown = new Uint32Array(this.rows * 4)
      grown.set(this.#halves)
      this.#halves = grown
    }
    this.total += elements
    this.#halves[this.rows++ * 2] = this.total
  }

  write(out: RowBinaryWriter): void {
    out.raw(new Uint8Array(this.#halves.buffer, 0, this.rows * 8))
  }

  reset(): void {
    this.rows = 0
    this.total = 0
  }
}

export class ArrayColumn implements ColumnWriter {
  readonly #offsets = new Offsets()
  readonly items: ColumnWriter

  constructor(items: ColumnWriter) {
    this.items = items
  }

  add(values: readonly unknown[]): void {
    for (const value of values) this.items.add(value)
    this.close(values.length)
  }

  /** One row's elements, after they were added to `items`. */
  close(elements: number): void {
    this.#offsets.add(elements)
  }

  get isDefault(): boolean {
    return this.#offsets.total === 0
  }

  writePrefix(out: RowBinaryWriter): void {
    this.items.writePrefix(out)
  }

  write(out: RowBinaryWriter): void {
    this.#offsets.write(out)
    this.items.write(out)
  }

  reset(): void {
    this.#offsets.reset()
    this.items.reset()
  }
}

export class MapColumn implements ColumnWriter {
  readonly #offsets = new Offsets()
  readonly #keys: ElementWriter
  readonly #values: ElementWriter
  /** The last map that was written element by element, and where it stands: all spans of a resource have one and the same. */
  #last: ReadonlyMap<string, unknown> | undefined
  #lastKeys = NOWHERE
  #lastValues = NOWHERE

  constructor(keys: ElementWriter, values: ElementWriter) {
    this.#keys = keys
    this.#values = values
  }

  add(map: ReadonlyMap<string, unknown>): void {
    if (map === this.#last) {
      this.#keys.repeat(this.#lastKeys.from, this.#lastKeys.to)
      this.#values.repeat(this.#lastValues.from, this.#lastValues.to)
    } else if (map.size > 0) {
      const keys = this.#keys.place
      const values = this.#values.place
      for (const [key, value] of map) {
        this.#keys.add(key)
        this.#values.add(value)
      }
      this.#last = map
      this.#lastKeys = { from: keys, to: this.#keys.place }
      this.#lastValues = { from: values, to: this.#values.place }
    }
    this.#offsets.add(map.size)
  }

  get isDefault(): boolean {
    return this.#offsets.total === 0
  }

  writePrefix(out: RowBinaryWriter): void {
    this.#keys.writePrefix(out)
    this.#values.writePrefix(out)
  }

  write(out: RowBinaryWriter): void {
    this.#offsets.write(out)
    this.#keys.write(out)
    this.#values.write(out)
  }

  reset(): void {
    this.#offsets.reset()
    this.#keys.reset()
    this.#values.reset()
    this.#last = undefined
  }
}

const NOWHERE = { from: 0, to: 0 }
