using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>A value of the training plan: what a layer makes, and its gradient.</summary>
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

    /// <summary>How one sample of it lies in memory.</summary>
    internal BlockedLayout Layout => First.Layout;

    /// <summary>Where the forward pass puts it.</summary>
    internal PlanValue First { get; }

    /// <summary>Where it goes when the backward pass computes it again.</summary>
    internal PlanValue Second { get; }

    /// <summary>Where it is now.</summary>
    internal PlanValue Current { get; set; }

    /// <summary>Whether a trainable parameter is behind it.</summary>
    internal bool NeedsGradient { get; set; }

    /// <summary>Where its gradient goes.</summary>
    internal PlanValue Gradient { get; private set; } = null!;

    /// <summary>How its gradient lies in memory. The border is what its maker needs; to be widened before the gradient's place is asked for.</summary>
    internal BlockedLayout GradientLayout
    {
        get => _gradientLayout;
        set => _gradientLayout = value;
    }

    /// <summary>Whether a reader has written the gradient already, in this backward pass: later ones add.</summary>
    internal bool HasGradient { get; set; }

    /// <summary>Makes the gradient's place, once its layout is known.</summary>
    internal PlanValue MakeGradient() => Gradient = new PlanValue(Name, _gradientLayout);
}
