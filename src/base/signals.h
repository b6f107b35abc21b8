/* signals.h - private: stretches of code in which a thread takes no signal.
 *
 * oneDNN's products point the stack register into a buffer of the heap while they compute.  A
 * signal's frame, which the kernel writes below that register, would overwrite what lies there. */
#ifndef SG_BASE_SIGNALS_H
#define SG_BASE_SIGNALS_H

/* A stretch begins.  Stretches nest; this changes nothing yet. */
void sg_base_signals_enter(void);
/* From here to the end of the outermost stretch the thread takes no signal but those that its own
 * faults send.  The first call in a stretch is two system calls with the end's, others are none. */
void sg_base_signals_hold(void);
/* The stretch ends.  The outermost one puts the thread's mask back, and what came is taken. */
void sg_base_signals_leave(void);

#endif
