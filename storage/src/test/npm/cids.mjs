// Prints `size cid` for content of each size: node cids.mjs CHUNK_SIZE WIDTH SIZE...
// The content is the ChaCha20 key stream under SHA-256("stoa"), cut to the size.
import { createCipheriv, createHash } from 'node:crypto'
import { BlackHoleBlockstore } from 'blockstore-core'
import { importFile } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'

const [chunkSize, width, ...sizes] = process.argv.slice(2).map(Number)
const PIECE = 1 << 20

function * content (size) {
  const key = createHash('sha256').update('stoa').digest()
  const stream = createCipheriv('chacha20', key, Buffer.alloc(16))
  for (let left = size; left > 0; left -= PIECE) {
    yield stream.update(Buffer.alloc(Math.min(left, PIECE)))
  }
}

for (const size of sizes) {
  const { cid } = await importFile({ content: content(size) }, new BlackHoleBlockstore(), {
    cidVersion: 1,
    rawLeaves: true,
    reduceSingleLeafToSelf: true,
    wrapWithDirectory: false,
    fieldOrder: 'links-first',
    chunker: fixedSize({ chunkSize }),
    layout: balanced({ maxChildrenPerNode: width })
  })
  console.log(`${size} ${cid}`)
}
