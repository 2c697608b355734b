package media

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"testing/iotest"
)

// given is a connection whose other side has said this.
type given struct {
	net.Conn
	io.Reader
}

func (g given) Read(b []byte) (int, error) { return g.Reader.Read(b) }

func message(first, second byte, length uint16, body int) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{first, second}, length), make([]byte, body)...)
}

// Messages come through as they were sent, however they are cut; what is none, or too long, ends the stream.
func TestRelayed(t *testing.T) {
	good := bytes.Join([][]byte{message(0, 1, 8, 16+8), message(0x40, 1, 5, 8), message(0x40, 1, 0, 0), message(1, 0x13, 1600, 16+1600)}, nil)
	for _, cut := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.HalfReader} {
		got, err := io.ReadAll(NewRelayed(given{Reader: cut(bytes.NewReader(good))}))
		if err != nil || !bytes.Equal(got, good) {
			t.Errorf("%d of %d bytes: %v", len(got), len(good), err)
		}
		for name, bad := range map[string][]byte{
			"a length that is 0 with the header's": message(0, 1, 0xffec, 12), "a long message": message(0, 1, 60000, 0), "a channel's length that is 0 with the header's": message(0x40, 1, 0xfffc, 4),
			"HTTP": []byte("GET / HTTP/1.1"), "random": {0xa0, 0xfe, 0xff, 0},
		} {
			if _, err := io.ReadAll(NewRelayed(given{Reader: cut(bytes.NewReader(append(bytes.Clone(good), bad...)))})); err == nil {
				t.Errorf("%s comes through", name)
			}
		}
	}
}

// Whatever comes, nothing is changed, and no message longer than the bound is begun.
func FuzzRelayed(f *testing.F) {
	f.Add(message(0, 1, 8, 16+8))
	f.Add(message(0x40, 1, 0xfffc, 4))
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := NewRelayed(given{Reader: bytes.NewReader(stream)})
		got, err := io.ReadAll(r)
		if !bytes.HasPrefix(stream, got) || err == nil && len(got) != len(stream) || r.left > maxRelayed && err == nil {
			t.Errorf("%d of %d bytes, %d to come: %v", len(got), len(stream), r.left, err)
		}
	})
}
