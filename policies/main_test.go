package policies_test

import _ "stickysim/testdata/heap"
