// What the pages of tests/network take from the service's own client.
import { cushion } from '../../web/client/src/link/cushion'
import { preferRedundant } from '../../web/client/src/link/publisher'

Object.assign(window, { cushion, preferRedundant })
