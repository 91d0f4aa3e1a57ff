package lighttpd

// djbxSeed starts Bernstein's hash.
const djbxSeed = 5381

// djbx is DJBX33X, Bernstein's hash with XOR: h = h·33 ^ c over the bytes (src/algo_md.h, djbhash).
func djbx[T string | []byte](h uint32, text T) uint32 {
	for i := range len(text) {
		h = h*33 ^ uint32(text[i])
	}
	return h
}
