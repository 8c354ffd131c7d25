using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A parameter during training: its values, their gradient, and whether there is one.</summary>
public sealed class TrainingParameter
{
    /// <summary>A parameter of 0, without a gradient: made by a runtime, which then puts the numbers in.</summary>
    /// <param name="name">Its name in the model.</param>
    /// <param name="kind">What it does.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="mask">1 where pruning has kept a weight and 0 where not; <see langword="null"/> for all kept.</param>
    /// <param name="trainable">Whether it may change.</param>
    public TrainingParameter(string name, TrainingParameterKind kind, Shape shape, Tensor? mask, bool trainable)
    {
        (Name, Kind, Shape, Mask, Trainable) = (name, kind, shape, mask, trainable);
        Value = AlignedMemory.Allocate<float>(shape.Count);
        Gradient = trainable ? AlignedMemory.Allocate<float>(shape.Count) : default;
    }

    /// <summary>Its name in the model, as in a state_dict.</summary>
    public string Name { get; }

    /// <summary>What it does.</summary>
    public TrainingParameterKind Kind { get; }

    /// <summary>Its shape, in PyTorch's order.</summary>
    public Shape Shape { get; }

    /// <summary>Which numbers pruning has kept (1) and removed (0), or <see langword="null"/> for all kept. Gradients ignore it; an optimizer must not. Gradual pruning changes it.</summary>
    public Tensor? Mask { get; set; }

    /// <summary>Whether it may change. A frozen parameter has no gradient and no memory for one.</summary>
    public bool Trainable { get; }

    /// <summary>The numbers. They are changed within <see cref="ITrainingRun.Step"/>.</summary>
    public Memory<float> Value
    {
        get
        {
            Device?.FetchValue();
            return field;
        }
    }

    /// <summary>The gradient of the loss, summed over the backward passes since <see cref="ITrainingRun.ZeroGradients"/>. Meaningless unless <see cref="HasGradient"/>; empty when frozen.</summary>
    public Memory<float> Gradient
    {
        get
        {
            Device?.FetchGradient();
            return field;
        }
    }

    /// <summary>
    /// Whether any backward pass since <see cref="ITrainingRun.ZeroGradients"/> reached it. A parameter of a branch that stochastic depth dropped has none
    /// (PyTorch's <c>grad is None</c>): an optimizer leaves its value, momentum and decay alone.
    /// </summary>
    public bool HasGradient { get; set; }

    /// <summary>Where a device has the numbers; <see langword="null"/> where the processor's are all that there are.</summary>
    internal IDeviceParameter? Device { get; set; }

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} {Shape}";
}
