namespace Espalier.Kernels;

/// <summary>The constants of a local response norm: x / (k + α/size · Σ x²)^β.</summary>
/// <param name="Size">Channels of the sum; odd.</param>
/// <param name="Alpha">α.</param>
/// <param name="Beta">β.</param>
/// <param name="K">k.</param>
internal readonly record struct LocalResponseNormProblem(int Size, double Alpha, double Beta, double K);
