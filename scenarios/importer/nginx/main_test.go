package nginx_test

import _ "stickysim/testdata/heap"
