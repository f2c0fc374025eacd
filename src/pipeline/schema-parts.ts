/**
 * The kinds of values that recipes are made of.
 * @module
 */
import { z } from 'zod'

export const count = z.int().min(1)
export const share = z.number().min(0).max(1)
export const temperature = z.number().min(0).max(5)
export const kebab = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'must be small letters, digits and hyphens, such as my-run' })
