using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Clips gradients; see <see cref="GradientClipping"/>.</summary>
internal sealed class GradientClipper
{
    private const float Guard = 1e-6f; // PyTorch's clip_grad_norm_ adds it to the divisor

    private readonly IReadOnlyList<TrainingParameter> _parameters;
    private readonly ParameterChunks _chunks;

    /// <summary>Creates a clipper for the gradients of <paramref name="parameters"/>; parameters without gradient are skipped.</summary>
    internal GradientClipper(IReadOnlyList<TrainingParameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _parameters = parameters;
        _chunks = new ParameterChunks(parameters);
    }

    /// <summary>The Euclidean norm of all gradients together, as if they were one vector.</summary>
    internal double Norm(WorkerPool workers) =>
        Math.Sqrt(_chunks.Sum(workers, HasGradient, (parameter, start, length) => OptimizerKernel.SquaredNorm(Gradient(parameter, start, length))));

    /// <summary>Scales all gradients down together if their norm is above <paramref name="limit"/>.</summary>
    /// <returns>The norm before clipping.</returns>
    internal double ByNorm(double limit, WorkerPool workers)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        double norm = Norm(workers);
        double factor = limit / (norm + Guard);
        if (factor < 1)
        {
            _chunks.Run(workers, HasGradient, (parameter, start, length) => UpdateKernel.Scale(Gradient(parameter, start, length), (float)factor));
        }

        return norm;
    }

    /// <summary>Clamps every element of every gradient to [−<paramref name="limit"/>, <paramref name="limit"/>].</summary>
    internal void ByValue(double limit, WorkerPool workers)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        _chunks.Run(workers, HasGradient, (parameter, start, length) => UpdateKernel.Clamp(Gradient(parameter, start, length), (float)limit));
    }

    private static bool HasGradient(TrainingParameter parameter) => parameter.Trainable && parameter.HasGradient;

    private Span<float> Gradient(int parameter, int start, int length) => _parameters[parameter].Gradient.Span.Slice(start, length);
}
