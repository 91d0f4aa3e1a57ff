package accesslog

import _ "stickysim/testdata/heap"
