#include "commands.h"
#include "cpu.h"
#include "frames.h"
#include "heap.h"
#include "input.h"
#include "interrupts.h"
#include "paging.h"
#include "screen.h"
#include "serial.h"
#include "shell.h"
#include "task.h"

void kernel_main(void);

/* The order matters: whatever an interrupt needs exists before the first one. This becomes the idle task. */
void kernel_main(void)
{
    screen_init();
    serial_init();
    log_line("burrow begins");

    heap_init();
    frames_init();
    log_number("heap bytes: ", HEAP_BYTES, 10);
    log_number("frames: ", FRAMES, 10);

    paging_init();
    log_line("paging is on");

    tasks_init();
    input_init();
    commands_init();
    interrupts_init();
    print_line("burrow: a heap, frames, address spaces and tasks. Try help.");

    task_create("shell", shell, 0);
    for (;;) {
        wait_for_interrupt();
    }
}
