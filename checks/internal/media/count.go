package media

import (
	"encoding/binary"

	"github.com/pion/stun/v3"
)

// AttrCount is an attribute of our own in STUN: optional to understand, and of
// the range for private use. A request that carries it, empty, asks how many
// such requests have come from its address and port; the answer holds the number
// in four bytes. By it both ends of a loss can be told apart.
const AttrCount stun.AttrType = 0xc0c7

// Count reads the number from a message.
func Count(m *stun.Message) (n uint32, ok bool) {
	v, err := m.Get(AttrCount)
	if err != nil || len(v) != 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(v), true
}

// CountRequest sets the attribute in a request, with room for the number so that
// the answer is not much longer.
type CountRequest struct{}

// AddTo adds it to a message.
func (CountRequest) AddTo(m *stun.Message) error {
	m.Add(AttrCount, make([]byte, 4))
	return nil
}

// CountAnswer sets the number in an answer.
type CountAnswer uint32

// AddTo adds it to a message.
func (c CountAnswer) AddTo(m *stun.Message) error {
	m.Add(AttrCount, binary.BigEndian.AppendUint32(nil, uint32(c)))
	return nil
}
