package outdir

import "net"

// stream is a connection to a socket.
type stream struct{ net.Conn }

func dial(path string) (File, error) {
	c, err := net.Dial("unix", path)
	if err != nil {
		return nil, err
	}
	return &stream{c}, nil
}

// Commit ends writing.
func (s *stream) Commit() error { return s.Close() }

// Abort ends writing. What was written stays.
func (s *stream) Abort() { s.Close() }
