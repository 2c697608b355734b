package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
)

// Framed carries packets over a stream, each behind its length in two bytes
// (RFC 4571), as ICE does over TCP (RFC 6544). Make it with [NewFramed].
type Framed struct {
	net.Conn
	in *bufio.Reader
}

// NewFramed carries packets over c.
func NewFramed(c net.Conn) *Framed { return &Framed{Conn: c, in: bufio.NewReaderSize(c, 4096)} }

var errTooLong = errors.New("a packet is longer than there is room for")

// ReadPacket reads the next packet into b and returns its length. A packet that
// does not fit is an error: an honest one is no longer than an Ethernet frame.
func (f *Framed) ReadPacket(b []byte) (int, error) {
	var length [2]byte
	if _, err := io.ReadFull(f.in, length[:]); err != nil {
		return 0, err
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	if n > len(b) {
		return 0, errTooLong
	}
	return io.ReadFull(f.in, b[:n])
}

// WritePacket writes one packet, in one piece.
func (f *Framed) WritePacket(b []byte) error {
	if len(b) > 0xffff {
		return errTooLong
	}
	_, err := f.Write(append(binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(b)), uint16(len(b))), b...))
	return err
}
