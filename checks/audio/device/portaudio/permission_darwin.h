#ifndef LINECHECK_PERMISSION_H
#define LINECHECK_PERMISSION_H

enum {
	LINECHECK_UNTOLD,
	LINECHECK_UNDECIDED,
	LINECHECK_ALLOWED,
	LINECHECK_FORBIDDEN,
};

// linecheck_microphone is what macOS says about recording by this process.
int linecheck_microphone(void);

// linecheck_ask_for_microphone lets macOS ask the person. It returns at once.
void linecheck_ask_for_microphone(void);

#endif
