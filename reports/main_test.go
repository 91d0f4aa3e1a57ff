package reports

import _ "stickysim/testdata/heap"
