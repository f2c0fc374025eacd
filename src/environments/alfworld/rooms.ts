/**
 * Which receptacles the benchmark's four kinds of rooms have, and what tends to lie on or in them.
 * @module
 */

export const ROOM_KINDS = ['kitchen', 'livingroom', 'bedroom', 'bathroom'] as const
export type RoomKind = (typeof ROOM_KINDS)[number]

/** What one kind of receptacle is like in one kind of room. */
export interface Furniture {
  /** Such as `cabinet`. */
  type: string
  openable: boolean
  /** Share of the room layouts that have at least one, in [0, 1]. */
  presence: number
  /** Mean number of them in a layout that has any. */
  count: number
  /** Mean number of objects of each type in one such receptacle. */
  holds: ReadonlyMap<string, number>
}

// Counted over every third of the 3,554 ALFWorld training games (ALFWorld and ALFRED, MIT): facts about the benchmark.
// A line: receptacle type (* = openable), share of layouts that have it, mean number there, objects in 100 of them.
const TABLE = `
kitchen
  cabinet* 100% x14.0 bowl:6 peppershaker:5 plate:5 soapbottle:5 saltshaker:4 dishsponge:4 cup:3
  coffeemachine 100% x1.0 mug:37
  countertop 100% x2.3 butterknife:47 knife:39 spatula:37 bread:37 fork:36 lettuce:31 spoon:30 saltshaker:30 mug:27 soapbottle:27 peppershaker:27 pan:26 tomato:26 plate:24 potato:23 apple:22 dishsponge:21 egg:21 bowl:18 cup:18 winebottle:14 ladle:13 pot:11 kettle:11 papertowelroll:8 vase:6 glassbottle:5 statue:5 book:5 cellphone:4 creditcard:4
  diningtable 56% x1.3 lettuce:68 spatula:65 bread:65 knife:60 butterknife:60 fork:57 spoon:56 tomato:50 soapbottle:50 saltshaker:49 peppershaker:45 cup:41 apple:40 potato:39 bowl:38 plate:37 dishsponge:35 egg:32 mug:31 winebottle:25 ladle:11 pan:11 pot:10 glassbottle:9 papertowelroll:8 kettle:8 cellphone:5 pen:5
  drawer* 96% x6.1 spoon:9 fork:7 spatula:7 dishsponge:7 knife:6 peppershaker:5 saltshaker:5
  fridge* 100% x1.0 tomato:66 apple:49 egg:47 potato:46 lettuce:41 cup:36 bowl:36 mug:30 bread:19 plate:16 pan:8 pot:8
  garbagecan 100% x1.0 egg:23 apple:23 tomato:19 soapbottle:16 potato:13 dishsponge:12 papertowelroll:5 winebottle:5 glassbottle:4
  microwave* 100% x1.0 apple:27 egg:26 potato:20 cup:16 mug:15 bowl:6
  safe* 4% x1.0
  shelf 15% x3.0 vase:22 statue:22 soapbottle:11 peppershaker:11 saltshaker:10 dishsponge:8 creditcard:6 mug:6 papertowelroll:5 bowl:5 cup:5 plate:4 winebottle:3 glassbottle:3
  sidetable 11% x1.0 saltshaker:44 apple:39 peppershaker:39 cup:36 tomato:29 spoon:26 mug:24 soapbottle:23 fork:21 lettuce:18 egg:17 potato:17 knife:17 butterknife:15 dishsponge:14 papertowelroll:11 bread:9 spatula:8 bowl:8
  sinkbasin 100% x1.0 potato:23 spoon:22 egg:22 apple:20 cup:19 spatula:17 fork:17 tomato:14 dishsponge:14 mug:13 knife:10 butterknife:9 lettuce:7 bowl:5 glassbottle:4 plate:4
  stoveburner 100% x4.1 pot:33 pan:23 kettle:9
  toaster 100% x1.0
livingroom
  armchair 93% x1.4 creditcard:21 pillow:17 keychain:13 remotecontrol:11 newspaper:6 book:5 laptop:4
  cabinet* 11% x4.3 box:7 vase:5
  coffeetable 85% x1.2 statue:59 remotecontrol:50 laptop:37 vase:33 watch:30 creditcard:30 keychain:28 box:27 tissuebox:22 pen:15 newspaper:15 plate:14 book:12 wateringcan:8 pencil:7 cellphone:7 candle:5 bowl:5
  desk 4% x1.0 creditcard:100 laptop:50 box:50 statue:50 remotecontrol:50
  diningtable 52% x1.2 statue:71 laptop:51 plate:51 box:51 newspaper:40 remotecontrol:36 vase:35 creditcard:30 tissuebox:30 watch:21 keychain:19 bowl:15 cellphone:12 candle:8 book:4 pencil:3
  drawer* 78% x5.0 creditcard:8 keychain:8 watch:6
  dresser 33% x1.1 statue:48 remotecontrol:39 vase:36 creditcard:35 newspaper:29 keychain:27 book:27 watch:24 pen:24 laptop:23 cellphone:18 box:15 pencil:8 tissuebox:5
  garbagecan 100% x1.0
  ottoman 15% x1.0 keychain:28 laptop:22 cellphone:22 remotecontrol:22 newspaper:11 creditcard:11 box:6 pillow:6
  safe* 4% x1.0
  shelf 37% x6.4 vase:24 statue:22 newspaper:8 creditcard:6 plate:5 tissuebox:4 remotecontrol:4 keychain:3
  sidetable 78% x2.0 statue:23 keychain:17 creditcard:15 desklamp:14 remotecontrol:12 watch:12 vase:10 newspaper:10 tissuebox:9 pencil:7 laptop:7 box:6 candle:6 cellphone:5 plate:4
  sofa 100% x1.2 pillow:75 creditcard:39 laptop:33 remotecontrol:30 box:23 newspaper:21 keychain:19 book:7 cellphone:5
  tvstand 44% x1.2 remotecontrol:42 statue:38 creditcard:37 keychain:28 watch:23 vase:23 laptop:15 tissuebox:15 newspaper:12 bowl:11 box:11 pencil:8 pen:8 candle:5
bedroom
  armchair 22% x1.5 cellphone:26 creditcard:16 keychain:16 book:12 cd:11 remotecontrol:6 pillow:5 laptop:4
  bed 100% x1.1 pillow:144 laptop:106 book:77 cellphone:51 teddybear:22
  cabinet* 15% x2.8 book:9 cd:7 mug:6 keychain:5 cellphone:4
  countertop 4% x1.0 pencil:100 creditcard:75 remotecontrol:62 mug:62 pen:62 bowl:50 alarmclock:50 book:50 laptop:50 cellphone:25 keychain:12
  desk 67% x1.1 alarmclock:75 pen:71 pencil:59 keychain:51 book:48 creditcard:48 cd:45 bowl:42 laptop:42 cellphone:40 mug:39 desklamp:34 tissuebox:12 remotecontrol:10 box:8 statue:6 watch:5
  diningtable 15% x1.0 alarmclock:109 pen:100 pencil:100 cd:79 mug:62 keychain:50 creditcard:50 cellphone:47 tissuebox:44 book:41 bowl:38 laptop:26 watch:18 remotecontrol:6
  drawer* 96% x6.1 creditcard:10 cd:9 keychain:9 pen:7 cellphone:7 pencil:6 book:4
  dresser 48% x1.2 pen:61 alarmclock:55 cd:50 creditcard:47 keychain:41 cellphone:37 desklamp:34 pencil:33 mug:23 bowl:19 book:19 vase:13 laptop:12 statue:11 watch:3
  garbagecan 100% x1.0 cd:15 pencil:11 pen:5
  laundryhamper 26% x1.0
  safe* 15% x1.0 keychain:50 cellphone:17 cd:7
  shelf 67% x4.6 creditcard:13 alarmclock:12 pencil:11 pen:11 keychain:10 bowl:7 cellphone:7 mug:5 cd:5
  sidetable 67% x1.3 pencil:43 alarmclock:38 creditcard:37 keychain:36 pen:35 cd:30 desklamp:25 cellphone:24 mug:19 book:7 bowl:4 remotecontrol:4
bathroom
  bathtubbasin 70% x1.0 cloth:85 soapbar:38 dishsponge:12
  cabinet* 48% x4.3 cloth:22 soapbottle:19 spraybottle:14 soapbar:14 candle:13 toiletpaper:11
  cart 7% x1.0 spraybottle:72 toiletpaper:33 soapbar:33 dishsponge:33 cloth:33 tissuebox:28 candle:28 soapbottle:28 papertowelroll:6
  countertop 85% x1.2 spraybottle:69 candle:56 soapbottle:56 toiletpaper:42 soapbar:39 cloth:27 tissuebox:17 dishsponge:10 papertowelroll:6 handtowel:4
  drawer* 56% x4.5 cloth:11 candle:9 toiletpaper:8 soapbar:7 dishsponge:5 tissuebox:3
  dresser 7% x1.0 soapbottle:67 spraybottle:56 toiletpaper:44 candle:33 cloth:28
  garbagecan 100% x1.0 spraybottle:23 toiletpaper:16 soapbottle:16 soapbar:8
  handtowelholder 100% x1.5 handtowel:81
  shelf 26% x2.0 soapbottle:33 spraybottle:33 tissuebox:29 candle:25 soapbar:20 toiletpaper:19 cloth:15 dishsponge:10 papertowelroll:5
  sidetable 7% x1.0 spraybottle:86 candle:71 soapbar:57 soapbottle:43 toiletpaper:29 tissuebox:21
  sinkbasin 100% x1.5 soapbar:18 cloth:13 dishsponge:3
  toilet 100% x1.0 candle:55 toiletpaper:50 spraybottle:49 soapbottle:40 soapbar:29 cloth:6 dishsponge:5 papertowelroll:3
  toiletpaperhanger 100% x1.0 toiletpaper:27
  towelholder 100% x1.3 towel:87
`

/** Furniture of each kind of room. */
export const ROOMS: Readonly<Record<RoomKind, readonly Furniture[]>> = parseTable(TABLE)

/**
 * How likely an object of a type lies on or in a receptacle of a type: its mean number there, the highest over all rooms.
 *
 * @example
 * likelihood('mug', 'coffeemachine') // 0.37
 */
export function likelihood(objectType: string, receptacleType: string): number {
  let highest = 0
  for (const room of ROOM_KINDS) {
    for (const furniture of ROOMS[room]) {
      if (furniture.type === receptacleType) highest = Math.max(highest, furniture.holds.get(objectType) ?? 0)
    }
  }
  return highest
}

function parseTable(table: string): Record<RoomKind, Furniture[]> {
  const rooms: Record<RoomKind, Furniture[]> = { kitchen: [], livingroom: [], bedroom: [], bathroom: [] }
  let room: Furniture[] = rooms.kitchen
  for (const line of table.trim().split('\n')) {
    const [type = '', presence = '', count = '', ...holds] = line.trim().split(' ')
    if (!line.startsWith(' ')) room = rooms[type as RoomKind]
    else {
      room.push({
        type: type.replace('*', ''),
        openable: type.endsWith('*'),
        presence: Number.parseInt(presence, 10) / 100,
        count: Number(count.slice(1)),
        holds: new Map(holds.map(entry => [entry.split(':')[0]!, Number(entry.split(':')[1]) / 100])),
      })
    }
  }
  return rooms
}
