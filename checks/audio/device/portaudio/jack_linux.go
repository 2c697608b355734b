//go:build cgo

package portaudio

// JACK's library is never started here. Before it looks for its server, jack_client_open opens a
// database that all programs of one person share, under /dev/shm; a program that is killed in that
// moment, as a helper may be, leaves it locked until the computer is restarted, and everyone after it
// waits for ever. PortAudio and ALSA's own plugin find this function in its place, as a program's
// symbols come before its libraries', and take the answer for a JACK server that does not run.

/*
enum { failure = 0x01, server_failed = 0x10 };

void *jack_client_open(const char *name, int options, int *status, ...)
{
	if (status)
		*status = failure | server_failed;
	return 0;
}
*/
import "C"
