using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>A value of the training plan: the output of a layer, and its gradient.</summary>
internal sealed class TrainingValue
{
    private BlockedLayout _gradientLayout;

    internal TrainingValue(string name, BlockedLayout layout, SampleNeed need)
    {
        (Name, Need) = (name, need);
        (First, Second) = (new PlanValue(name, layout), new PlanValue(name, layout));
        Current = First;
        _gradientLayout = layout with { Border = Padding.None };
    }

    internal string Name { get; }

    /// <summary>The samples that it is computed for.</summary>
    internal SampleNeed Need { get; }

    /// <summary>The memory layout of one sample.</summary>
    internal BlockedLayout Layout => First.Layout;

    /// <summary>The memory of the value in the forward pass.</summary>
    internal PlanValue First { get; }

    /// <summary>The memory of the value when it is recomputed.</summary>
    internal PlanValue Second { get; }

    /// <summary>The current memory of the value.</summary>
    internal PlanValue Current { get; set; }

    /// <summary>Whether the value depends on a trainable parameter.</summary>
    internal bool NeedsGradient { get; set; }

    /// <summary>The memory of its gradient.</summary>
    internal PlanValue Gradient { get; private set; } = null!;

    /// <summary>The memory layout of its gradient. The border is the one that the layer computing the value needs; it must be set before <see cref="MakeGradient"/> is called.</summary>
    internal BlockedLayout GradientLayout
    {
        get => _gradientLayout;
        set => _gradientLayout = value;
    }

    /// <summary>Whether the gradient has been written in this backward pass; further readers of the value add to it.</summary>
    internal bool HasGradient { get; set; }

    /// <summary>Creates the plan value of the gradient, once its layout is known.</summary>
    internal PlanValue MakeGradient() => Gradient = new PlanValue(Name, _gradientLayout);
}
