package importer_test

import _ "stickysim/testdata/heap"
