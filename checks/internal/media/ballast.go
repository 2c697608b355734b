package media

import "github.com/pion/stun/v3"

// AttrBallast is an attribute of our own in STUN: optional to understand, and of
// the range for private use. Its value says nothing; the answer carries as many
// bytes of it as the request did, so that a large packet is seen to pass both ways.
const AttrBallast stun.AttrType = 0xc0c8

// attrHeader is the length of an attribute without its value, in bytes.
const attrHeader = 4

// Ballast sets as many attributes as make a message that many bytes longer, rounded
// down to a multiple of four; none where that is less than one needs.
type Ballast int

// AddTo adds them to a message.
func (b Ballast) AddTo(m *stun.Message) error {
	const most = maxAttribute / 4 * 4
	for left := int(b) / 4 * 4; left >= attrHeader; {
		n := min(left-attrHeader, most)
		m.Add(AttrBallast, make([]byte, n))
		left -= attrHeader + n
	}
	return nil
}

// BallastOf is how many bytes of ballast a message carries.
func BallastOf(m *stun.Message) (total Ballast) {
	for _, a := range m.Attributes {
		if a.Type == AttrBallast {
			total += attrHeader + Ballast(a.Length+3)/4*4
		}
	}
	return total
}
