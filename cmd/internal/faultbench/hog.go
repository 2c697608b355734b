//go:build linux

package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// hog takes what others need: "memory" so many megabytes, "pages" of a file that memory
// is too small for, "down" and "up" the line by one connection from or to an address,
// until it is killed.
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
	case "pages":
		return thrash(amount)
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

// thrash reads a file's pages in no order, again and again: each has to be fetched from
// the disk where its control group's memory holds a part of them only.
func thrash(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	pages, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return err
	}
	ready()
	var read atomic.Uint64
	const readers = 8 // so that one waits whatever the others do
	runtime.GOMAXPROCS(readers)
	for range readers {
		go func() {
			for {
				read.Add(uint64(pages[rand.IntN(len(pages))]))
			}
		}()
	}
	select {}
}

// zeros is endless.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }
