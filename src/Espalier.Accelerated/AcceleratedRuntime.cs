using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Accelerated;

/// <summary>Runs and trains models on a graphics processor. Its answers are those of the CPU within rounding; each repeats bit for bit on the same device.</summary>
/// <remarks>Models with 8-bit values are run on the CPU only.</remarks>
public sealed class AcceleratedRuntime : IRuntime, IDisposable
{
    private readonly Device _device;

    /// <summary>Opens a device.</summary>
    /// <param name="device">The device, one of <see cref="AcceleratorDevice.All"/>; <see langword="null"/> for the first of them.</param>
    /// <exception cref="EspalierException">There is no device, or it cannot be opened.</exception>
    public AcceleratedRuntime(AcceleratorDevice? device = null)
    {
        DeviceInformation = device ?? AcceleratorDevice.First;
        _device = DeviceInformation.Open();
    }

    /// <summary>The device.</summary>
    public AcceleratorDevice DeviceInformation { get; }

    /// <inheritdoc/>
    public string Name => "accelerator";

    /// <inheritdoc/>
    public IRunnable Prepare(Model model, RunOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Graph.Nodes.FirstOrDefault(node => node.Op is Quantize) is { } rounded
            ? throw new EspalierException($"networks of 8-bit values run on the runtime cpu only ('{rounded.Name}' rounds to them)")
            : new AcceleratedRunnable(_device, model, options);
    }

    /// <inheritdoc/>
    public ITrainingRun PrepareTraining(Model model, TrainingRunOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Batch, 1);
        return new AcceleratedTrainingRun(_device, model, options);
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();
}
