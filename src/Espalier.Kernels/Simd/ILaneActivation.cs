namespace Espalier.Kernels;

/// <summary>An activation on vectors.</summary>
internal interface ILaneActivation
{
    /// <summary>The activation of every lane.</summary>
    /// <param name="x">What it is applied to.</param>
    /// <param name="slope">The slope left of zero, for those that have one.</param>
    static abstract TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes>;

    /// <summary>Gradient times derivative.</summary>
    /// <param name="gradient">The gradient of the result.</param>
    /// <param name="value">The result where <see cref="Tensors.Activation.IsDerivativeOfResult"/>, otherwise what was read.</param>
    /// <param name="slope">The slope left of zero, for those that have one.</param>
    static abstract TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes slope) where TLanes : unmanaged, ILanes<TLanes>;
}

/// <summary>What is done with an activation that is only known by its kind: a loop that is compiled for each, so that it holds one function and no choice.</summary>
internal interface IActivationLoop
{
    void Run<TActivation>() where TActivation : struct, ILaneActivation;
}
