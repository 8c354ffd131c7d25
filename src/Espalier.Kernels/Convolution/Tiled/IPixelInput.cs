namespace Espalier.Kernels;

/// <summary>How a register tile reads the input of one pixel for one step: the factor of each output lane.</summary>
internal unsafe interface IPixelInput<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    /// <summary>Floats from one step to the next.</summary>
    static abstract int Step { get; }

    /// <summary>Whether <see cref="Read"/> uses its selector.</summary>
    static abstract bool Selects { get; }

    static abstract TLanes Read(float* pixel, TLanes selector);
}
