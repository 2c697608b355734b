//go:build !linux

package virtual

import "context"

// Server is a running set of virtual cards. There is none on this system.
type Server struct{}

// Player is a sound that is being played into a card's room.
type Player struct{}

// Start returns [ErrUnavailable] on this system.
func Start(context.Context, string, Options) (*Server, error) { return nil, ErrUnavailable }

// Env returns nothing on this system.
func (*Server) Env(View) []string { return nil }

// PID returns 0 on this system.
func (*Server) PID() int { return 0 }

// Close does nothing on this system.
func (*Server) Close() error { return nil }

// Freeze returns [ErrUnavailable] on this system.
func (*Server) Freeze(bool) error { return ErrUnavailable }

// Plug returns [ErrUnavailable] on this system.
func (*Server) Plug(Card) error { return ErrUnavailable }

// Unplug returns [ErrUnavailable] on this system.
func (*Server) Unplug(Card) error { return ErrUnavailable }

// Echo returns [ErrUnavailable] on this system.
func (*Server) Echo(float64) error { return ErrUnavailable }

// Gain returns [ErrUnavailable] on this system.
func (*Server) Gain(Card, float64) error { return ErrUnavailable }

// Mute returns [ErrUnavailable] on this system.
func (*Server) Mute(Card, bool) error { return ErrUnavailable }

// Hang returns [ErrUnavailable] on this system.
func (*Server) Hang(Card, bool) error { return ErrUnavailable }

// Play returns [ErrUnavailable] on this system.
func (*Server) Play(Card, Sound) (*Player, error) { return nil, ErrUnavailable }

// PlayFile returns [ErrUnavailable] on this system.
func (*Server) PlayFile(Card, string, bool) (*Player, error) { return nil, ErrUnavailable }

// Noise returns [ErrUnavailable] on this system.
func (*Server) Noise(Card, float64) (*Player, error) { return nil, ErrUnavailable }

// Stop does nothing on this system.
func (*Player) Stop() {}

// Wait does nothing on this system.
func (*Player) Wait() {}
