namespace Espalier.Kernels;

/// <summary>The general registers that a called function may change under both calling conventions (System V's and Windows'), and those of the first argument.</summary>
internal enum X64Register
{
    Rax = 0,
    Rcx = 1,
    Rdx = 2,
    Rdi = 7,
    R8 = 8,
    R9 = 9,
    R10 = 10,
    R11 = 11,
}
