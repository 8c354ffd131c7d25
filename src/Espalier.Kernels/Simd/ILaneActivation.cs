using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>An activation on vectors.</summary>
internal interface ILaneActivation
{
    /// <summary>The activation of every lane.</summary>
    /// <param name="x">What it is applied to.</param>
    /// <param name="p">The first of <see cref="Parameters(Activation)"/>, for those that have one.</param>
    /// <param name="q">The second, for those that have two.</param>
    static abstract TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>;

    /// <summary>Gradient times derivative.</summary>
    /// <param name="gradient">The gradient of the result.</param>
    /// <param name="value">The result where <see cref="Activation.IsDerivativeOfResult"/>, otherwise what was read.</param>
    /// <param name="p">The first of <see cref="Parameters(Activation)"/>, for those that have one.</param>
    /// <param name="q">The second, for those that have two.</param>
    static abstract TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>;

    /// <summary>The parameters of an activation in the order in which vectors take them: the slope, or the limits.</summary>
    static (float P, float Q) Parameters(Activation activation) =>
        activation.Kind == ActivationKind.HardTanh ? ((float)activation.Minimum, (float)activation.Maximum) : ((float)activation.Slope, 0);
}

/// <summary>What is done with an activation that is only known by its kind: a loop that is compiled for each, so that it holds one function and no choice.</summary>
internal interface IActivationLoop
{
    void Run<TActivation>() where TActivation : struct, ILaneActivation;
}
