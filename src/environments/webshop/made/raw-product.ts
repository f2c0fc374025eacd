/**
 * A product in the shape of the original's three input files.
 * @module
 */

/** A product as `items_shuffle.json` holds it. */
export interface RawItem {
  asin: string
  name: string
  full_description: string
  small_description: string[]
  pricing: string
  images: string[]
  product_category: string
  customization_options: Record<string, { value: string; image: null }[]> | ''
  category: string
  query: string
  average_rating: string
  page: number
}

/** What `items_ins_v2.json` holds under a product's identifier. */
export interface RawAttributes {
  attributes: string[]
  instruction?: string
  instruction_attributes?: string[]
}

/** One entry of a product's list in `items_human_ins.json`. */
export interface RawRequest {
  asin: string
  instruction: string
  attributes: string[]
  options: string[]
  instruction_attributes: string[]
  instruction_options: string[]
}
