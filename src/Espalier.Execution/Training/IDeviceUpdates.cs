using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>A parameter that optimizers update where it is stored: in the memory of a device, which also stores the optimizer's state of it.</summary>
internal interface IDeviceUpdates : IDeviceParameter
{
    /// <summary>Whether the newest gradient is the device's: a backward pass has computed it, and it has not been fetched since, which may mean a change.</summary>
    bool HasNewestGradient { get; }

    /// <summary>Copies an optimizer's state of the parameter to the device.</summary>
    void LoadState(IReadOnlyList<Tensor> state);

    /// <summary>Copies an optimizer's state of the parameter from the device.</summary>
    void SaveState(IReadOnlyList<Tensor> state);

    /// <summary>One step of stochastic gradient descent (<see cref="OptimizerKernel.Sgd"/>), with the velocity as state if there is momentum.</summary>
    void Sgd(in SgdSettings settings);

    /// <summary>One step of AdamW (<see cref="OptimizerKernel.AdamW"/>), with both moments as state.</summary>
    void AdamW(in AdamWSettings settings);
}
