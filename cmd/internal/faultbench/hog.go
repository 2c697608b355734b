//go:build linux

package main

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// hog takes what others need: "memory" so many megabytes, "down" and "up" the line by
// one connection from or to an address, until it is killed.
func hog(what, amount string) error {
	switch what {
	case "memory":
		n, err := strconv.Atoi(amount)
		if err != nil {
			return err
		}
		block := make([]byte, n<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = byte(i >> 12)
		}
		ready()
		for {
			for i := 0; i < len(block); i += 4096 {
				block[i]++
			}
			time.Sleep(10 * time.Millisecond)
		}
	case "sink": // the far end of the two below
		l, err := net.Listen("tcp", amount)
		if err != nil {
			return err
		}
		ready()
		for {
			c, err := l.Accept()
			if err != nil {
				return err
			}
			go func() {
				first := make([]byte, 1)
				if _, err := io.ReadFull(c, first); err != nil {
					return
				}
				if first[0] == 'd' {
					_, _ = io.Copy(c, zeros{})
				}
				_, _ = io.Copy(io.Discard, c)
			}()
		}
	case "down", "up":
		c, err := net.Dial("tcp", amount)
		if err != nil {
			return err
		}
		ready()
		if _, err := fmt.Fprint(c, what[:1]); err != nil {
			return err
		}
		if what == "down" {
			_, err = io.Copy(io.Discard, c)
		} else {
			_, err = io.Copy(c, zeros{})
		}
		return err
	}
	return fmt.Errorf("there is no hog %q", what)
}

// zeros is endless.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }
