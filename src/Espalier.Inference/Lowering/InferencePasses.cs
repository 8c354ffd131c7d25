using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier.Inference;

/// <summary>The rewrites that every model goes through before it is lowered. None is lossy.</summary>
internal static class InferencePasses
{
    private static readonly Pass[] s_passes = [new DropoutRemoval(), new LinearFolding(new LinearFoldingOptions { LeavesNormsBehindLayers = true }), new StochasticDepthFolding()];

    /// <summary>The model as it is lowered: batch norms behind layers are left, because <see cref="Fusion"/> takes them into the layer's step.</summary>
    internal static Model Prepare(Model model) => model.Apply(s_passes);
}
