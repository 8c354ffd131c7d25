using System.Collections.Immutable;

namespace Espalier.Cli;

/// <summary>What is explained about each photo.</summary>
internal sealed record PhotoExplanationRequest
{
    /// <summary>Nodes whose feature maps are written.</summary>
    internal ImmutableArray<string> Maps { get; init; } = [];

    /// <summary>The class activation map, or <see langword="null"/> for none.</summary>
    internal ClassActivationOptions? ClassActivation { get; init; }

    /// <summary>The occlusion map, or <see langword="null"/> for none.</summary>
    internal OcclusionOptions? Occlusion { get; init; }

    /// <summary>Units whose receptive fields are written.</summary>
    internal ImmutableArray<UnitName> Units { get; init; } = [];

    /// <summary>The explanations of a photo, each with a title for its progress bar, to be computed one after the other.</summary>
    internal IEnumerable<(string Title, Func<IProgress<double>, PhotoExplanation> Explain)> Explanations(PhotoExplainer explainer, ExplainedPhoto photo, CancellationToken cancellation)
    {
        if (ClassActivation is ClassActivationOptions cam)
        {
            yield return ("class activation", progress => explainer.ClassActivation(photo, cam, progress, cancellation));
        }

        if (Occlusion is OcclusionOptions occlusion)
        {
            yield return ("occlusion", progress => explainer.Occlusion(photo, occlusion, progress, cancellation));
        }

        foreach (string node in Maps)
        {
            yield return ($"maps of {node}", _ => explainer.Maps(photo, node));
        }

        foreach (UnitName unit in Units)
        {
            yield return ($"receptive field of {unit.Node}", _ => explainer.ReceptiveField(photo, unit.Node, unit.Row, unit.Column));
        }
    }
}
