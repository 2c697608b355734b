// Package strict reads and writes JSON that has one spelling: no duplicate,
// unknown or differently cased members, no null, no trailing bytes, no invalid
// UTF-8, bounded size and depth. Every statement, policy and message of
// Linecheck comes in through here; nothing else of ours parses JSON that a
// stranger made. No type of ours is known here.
package strict

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
)

// MaxDepth is how deep objects and arrays may nest.
const MaxDepth = 16

// Decode reads exactly one JSON value of at most limit bytes into v.
// v is left untouched on error.
func Decode[T any](data []byte, limit int, v *T) error {
	if len(data) > limit {
		return fmt.Errorf("%d bytes are more than the %d allowed", len(data), limit)
	}
	if err := scan(data); err != nil {
		return err
	}
	var fresh T
	if err := json.Unmarshal(data, &fresh, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	*v = fresh
	return nil
}

// scan refuses what the decoder would let pass: null, and too much depth. In
// JSON the letter n stands outside of strings only in null, so one pass over the
// bytes is enough; that they are JSON at all is for the decoder to find out.
func scan(data []byte) error {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			for i++; i < len(data) && data[i] != '"'; i++ {
				if data[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			if depth++; depth > MaxDepth {
				return fmt.Errorf("nested more than %d deep", MaxDepth)
			}
		case '}', ']':
			depth--
		case 'n':
			return errors.New("null is not allowed")
		}
	}
	return nil
}

// Encode writes v in the one spelling: compact, members in the order of the type, map keys sorted.
func Encode(v any) ([]byte, error) {
	return json.Marshal(v, json.Deterministic(true))
}
