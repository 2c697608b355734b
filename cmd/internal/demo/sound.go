package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"linecheck/checks/audio/virtual"
)

// sound is the applicant's sound card: this machine's own, or a virtual one.
type sound struct {
	server   *virtual.Server
	dir      string
	speaking bool
}

// openSound takes the real devices where there is a microphone and an output.
func (d *demo) openSound(ctx context.Context) error {
	if d.realSound(ctx) {
		fmt.Println("real sound devices: speak a little while the microphone is checked")
		return nil
	}
	dir, err := os.MkdirTemp("", "linecheck-demo-")
	if err != nil {
		return err
	}
	d.sound.dir = dir
	if d.sound.server, err = virtual.Start(ctx, dir+"/cards", virtual.Options{}); err != nil {
		fmt.Printf("no sound devices, and no virtual ones either (%v): the sound checks will say so\n", err)
		return nil
	}
	fmt.Println("no sound card here: a virtual USB headset, with a virtual person at it")
	_, err = d.sound.server.Noise(virtual.Headset, -65) // a quiet room, but not a dead one
	return err
}

// speak lets the virtual person speak, once.
func (s *sound) speak() {
	if s.server == nil || s.speaking {
		return
	}
	s.speaking = true
	if _, err := s.server.Play(virtual.Headset, virtual.Speech(48000, 10, -22)); err != nil {
		fmt.Printf("\nthe virtual person cannot speak: %v\n", err)
	}
}

// realSound says whether this machine has a microphone and an output of its own.
func (d *demo) realSound(ctx context.Context) bool {
	out, err := d.command(ctx, d.support, "devices", "--json").Output()
	if err != nil {
		return false
	}
	var list struct {
		Devices []struct{ Inputs, Outputs int }
	}
	if json.Unmarshal(out, &list) != nil {
		return false
	}
	in, play := false, false
	for _, v := range list.Devices {
		in, play = in || v.Inputs > 0, play || v.Outputs > 0
	}
	return in && play
}

func (s *sound) env() []string {
	if s.server == nil {
		return nil
	}
	return s.server.Env(virtual.View(virtual.Headset))
}

func (s *sound) close() {
	if s.server != nil {
		_ = s.server.Close()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}
