package haproxy

import _ "stickysim/testdata/heap"
