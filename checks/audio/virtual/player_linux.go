package virtual

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"slices"
	"strconv"
)

// Player is a sound that is being played into a card's room.
type Player struct {
	child *child
	pipe  *os.File
}

// Play plays a sound into the card's room, where its microphone hears it. It
// returns at once; the sound begins within about a tenth of a second.
func (s *Server) Play(c Card, sound Sound) (*Player, error) {
	if len(sound.Samples) == 0 || sound.Rate <= 0 {
		return nil, errors.New("no sound to play")
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("pacat", "--playback", "--raw", "--format=float32le", "--channels=1",
		"--rate="+strconv.Itoa(sound.Rate), "--latency-msec=200", "--device="+c.room())
	cmd.Env = append(s.base(), s.client()...)
	cmd.Stdin = read
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_, _ = read.Close(), write.Close()
		return nil, os.ErrClosed
	}
	proc, err := spawn(cmd)
	_ = read.Close()
	if err != nil {
		_ = write.Close()
		return nil, err
	}
	p := &Player{child: proc, pipe: write}
	s.players = append(slices.DeleteFunc(s.players, (*Player).over), p)
	go func() {
		defer func() { _ = write.Close() }()
		feed(write, sound)
	}()
	return p, nil
}

// PlayFile plays a WAV file of 16-bit samples, as [Server.Play] does.
func (s *Server) PlayFile(c Card, path string, loop bool) (*Player, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	sound, err := DecodeWAV(data)
	if err != nil {
		return nil, err
	}
	sound.Loop = loop
	return s.Play(c, sound)
}

// Noise plays steady white noise of that RMS in dBFS into the card's room until it is stopped.
func (s *Server) Noise(c Card, dbfs float64) (*Player, error) {
	rate, _ := c.format()
	n := Noise(rate, 5, dbfs, 11)
	n.Loop = true
	return s.Play(c, n)
}

// feed writes the sound as fast as the server takes it, until it is over or the player is gone.
func feed(w io.Writer, sound Sound) {
	buffered := bufio.NewWriterSize(w, 8<<10)
	for {
		for _, v := range sound.Samples {
			bits := math.Float32bits(float32(v))
			if _, err := buffered.Write(binary.LittleEndian.AppendUint32(buffered.AvailableBuffer(), bits)); err != nil {
				return
			}
		}
		if !sound.Loop {
			_ = buffered.Flush()
			return
		}
	}
}

// Stop ends the sound at once. It may be called twice.
func (p *Player) Stop() {
	p.child.kill()
	_ = p.pipe.Close()
}

// Wait waits until the sound was heard to its end, or was stopped.
func (p *Player) Wait() { <-p.child.exited }

func (p *Player) over() bool {
	select {
	case <-p.child.exited:
		return true
	default:
		return false
	}
}
