import { describe, expect, it } from 'vitest'
import { pythonRandom } from './random.ts'
import { jsonDumps, pythonFloat, repr, reprTuple } from './repr.ts'

const range = (length: number) => Array.from({ length }, (_, index) => index)

describe('pythonRandom', () => {
  // Printed by Python 3.11; the order of the calls matters.
  it.each([
    {
      seed: 233,
      floats: [0.6824769139473528, 0.6283202109809801, 0.5251745077282681, 8.100470411692346],
      bounds: [40, 30],
      many: [104, 42, 52, 137, 119, 7],
      pooled: [20, 257, 236, 206, 3, 37],
      few: [1, 5, 20, 18, 13],
      least: [19, 8, 7, 3, 9],
      shuffled: [8, 2, 0, 26, 5, 15, 3, 14],
      name: 'gztksnyxpk',
    },
    {
      seed: 2 ** 40 + 5,
      floats: [0.5043802970418443, 0.2686044399723282, 0.9257865475671585, 6.553015625931599],
      bounds: [10, 40],
      many: [40, 68, 122, 70, 126, 194],
      pooled: [38, 238, 114, 146, 37, 76],
      few: [10, 3, 14, 21, 7],
      least: [2, 8, 17, 16, 18],
      shuffled: [13, 24, 15, 10, 5, 28, 4, 19],
      name: 'aebzrytbcp',
    },
  ])("gives Python's numbers for seed $seed", expected => {
    const random = pythonRandom(expected.seed)
    const floats = [random.random(), random.random(), random.random(), random.uniform(3.5, 9.25)]
    expect(floats).toEqual(expected.floats)
    expect(random.sample([10, 20, 30, 40], 2)).toEqual(expected.bounds)
    expect(random.sample(range(300), 50).slice(0, 6)).toEqual(expected.many)
    expect(random.sample(range(270), 50).slice(0, 6)).toEqual(expected.pooled)
    expect(random.sample(range(22), 5)).toEqual(expected.few)
    expect(random.sample(range(21), 5)).toEqual(expected.least)
    const items = range(30)
    random.shuffle(items)
    expect(items.slice(0, 8)).toEqual(expected.shuffled)
    expect(random.choices([...'abcdefghijklmnopqrstuvwxyz'], 10).join('')).toBe(expected.name)
  })

  it('ignores the sign of a seed, and refuses a sample of more than there is', () => {
    expect(pythonRandom(-7).random()).toBe(pythonRandom(7n).random())
    expect(() => pythonRandom(0).sample([1, 2], 3)).toThrow(RangeError)
  })
})

describe('repr', () => {
  it.each([
    ["men's", `"men's"`, `"men's"`],
    ['a"b', `'a"b'`, String.raw`"a\"b"`],
    [`a'b"c`, String.raw`'a\'b"c'`, String.raw`"a'b\"c"`],
    ['tab\there', String.raw`'tab\there'`, String.raw`"tab\there"`],
    ['line\n', String.raw`'line\n'`, String.raw`"line\n"`],
    ['café', `'café'`, String.raw`"caf\u00e9"`],
    ['\u200b', String.raw`'\u200b'`, String.raw`"\u200b"`],
    ['😀', `'😀'`, String.raw`"\ud83d\ude00"`],
    ['\u007f\u0085', String.raw`'\x7f\x85'`, String.raw`"\u007f\u0085"`],
    ['back\\slash', String.raw`'back\\slash'`, String.raw`"back\\slash"`],
    ['\ud800', String.raw`'\ud800'`, String.raw`"\ud800"`],
  ])('writes %j as Python and its json do', (text, inPython, inJson) => {
    expect(repr(text)).toBe(inPython)
    expect(jsonDumps(text)).toBe(inJson)
  })

  it('writes dicts, lists, tuples and constants', () => {
    const dict = new Map<string, unknown>([
      ['size', "28' x 28"],
      ['colors', ['red', null, true, 2n]],
    ])
    expect(repr(dict)).toBe(`{'size': "28' x 28", 'colors': ['red', None, True, 2]}`)
    expect(jsonDumps(dict)).toBe(`{"size": "28' x 28", "colors": ["red", null, true, 2]}`)
    expect([reprTuple(['color', 'army green']), reprTuple(['a'])]).toEqual(["('color', 'army green')", "('a',)"])
    expect([repr(new Map()), repr({ a: 0.5 }), jsonDumps({ a: 1 })]).toEqual(['{}', "{'a': 0.5}", '{"a": 1.0}'])
  })
})

describe('pythonFloat', () => {
  it.each([
    [8, '8.0'],
    [17.4, '17.4'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [123456789012345680, '1.2345678901234568e+17'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [0.1 + 0.2, '0.30000000000000004'],
    [2 / 3, '0.6666666666666666'],
    [1e22, '1e+22'],
    [5e-324, '5e-324'],
    [-0, '-0.0'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    [Number.NaN, 'nan'],
  ])('writes %d as %s', (number, text) => {
    expect(pythonFloat(number)).toBe(text)
  })
})
