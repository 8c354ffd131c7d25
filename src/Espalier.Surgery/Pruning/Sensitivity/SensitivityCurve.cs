using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>How a network bears the pruning of one place.</summary>
/// <param name="Name">The parameter (<c>layer1.0.conv1.weight</c>), or the channel group (<c>layer1.0.conv1</c>).</param>
/// <param name="Size">Its weights, or its channels.</param>
/// <param name="Qualities">The network's quality at each amount of the scan.</param>
public sealed record SensitivityCurve(string Name, long Size, ValueList<double> Qualities);
