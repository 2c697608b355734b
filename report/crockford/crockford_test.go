package crockford_test

import (
	"bytes"
	"strings"
	"testing"

	"linecheck/report/crockford"
)

func TestCodes(t *testing.T) {
	for _, b := range [][]byte{{}, {0}, {0xff, 0x01, 0x80}, bytes.Repeat([]byte{0x5a}, 17)} {
		code := crockford.Encode(b)
		if got, err := crockford.Decode(code); err != nil || !bytes.Equal(got, b) || strings.Trim(code, crockford.Digits) != "" {
			t.Errorf("%x is written as %q and read as %x, %v", b, code, got, err)
		}
	}
	if got := crockford.Plain("o1-il lu 7k"); got != "01111U7K" {
		t.Errorf("%q", got)
	}
	if _, err := crockford.Decode("UUUUUUUU"); err == nil {
		t.Error("a character that is none")
	}
}
