using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace Espalier.Accelerated;

/// <summary>A parameter of a training on a device: which of both memories has its newest values and gradient, and the optimizer's state on the device.</summary>
internal sealed class DeviceTrainingParameter : IDeviceUpdates, IDisposable
{
    private readonly Device _device;
    private readonly Memory<float> _value; // the processor's
    private readonly Memory<float> _gradient;
    private readonly ArrayView<float> _valueThere;
    private readonly ArrayView<float> _gradientThere;
    private readonly List<MemoryBuffer1D<float, Stride1D.Dense>> _state = [];
    private bool _isValueNewerThere;
    private bool _isValueTouched = true; // since the values were copied to the device
    private volatile bool _isValueHere; // nothing to do for a reader: newest, and known to be touched
    private volatile bool _isGradientNewerThere;

    /// <param name="device">The device.</param>
    /// <param name="parameter">The parameter, whose numbers are fetched by way of this from now on.</param>
    /// <param name="value">Its values on the device.</param>
    /// <param name="gradient">Its gradient on the device; empty if it is frozen.</param>
    internal DeviceTrainingParameter(Device device, TrainingParameter parameter, ArrayView<float> value, ArrayView<float> gradient)
    {
        (_device, _value, _gradient, _valueThere, _gradientThere) = (device, parameter.Value, parameter.Gradient, value, gradient);
        Parameter = parameter;
        parameter.Device = this;
    }

    /// <summary>The parameter.</summary>
    internal TrainingParameter Parameter { get; }

    /// <inheritdoc/>
    public bool HasNewestGradient => _isGradientNewerThere;

    /// <inheritdoc/>
    public void FetchValue()
    {
        if (_isValueHere)
        {
            return;
        }

        lock (_device.Gate)
        {
            if (_isValueNewerThere)
            {
                _device.Read(_valueThere, _value.Span);
                _isValueNewerThere = false;
            }

            (_isValueTouched, _isValueHere) = (true, true);
        }
    }

    /// <inheritdoc/>
    public void FetchGradient()
    {
        if (!_isGradientNewerThere)
        {
            return;
        }

        lock (_device.Gate)
        {
            if (_isGradientNewerThere)
            {
                _device.Read(_gradientThere, _gradient.Span);
                _isGradientNewerThere = false;
            }
        }
    }

    /// <summary>Copies the values to the device if the processor may have changed them. Callers hold the device.</summary>
    /// <returns>Whether it may.</returns>
    internal bool Upload()
    {
        bool isTouched = _isValueTouched;
        if (isTouched)
        {
            _device.Write<float>(_valueThere, _value.Span);
            (_isValueTouched, _isValueHere) = (false, false);
        }

        return isTouched;
    }

    /// <summary>Tells that a backward pass has added to the gradient on the device.</summary>
    internal void GradientCame()
    {
        Parameter.HasGradient = true;
        _isGradientNewerThere = true;
    }

    /// <summary>Tells that the gradient on the device is 0.</summary>
    internal void GradientWent()
    {
        Parameter.HasGradient = false;
        _isGradientNewerThere = false;
    }

    /// <inheritdoc/>
    public void LoadState(IReadOnlyList<Tensor> state)
    {
        lock (_device.Gate)
        {
            foreach ((int i, Tensor tensor) in state.Index())
            {
                if (i == _state.Count)
                {
                    _state.Add(_device.Allocate<float>(tensor.Shape.Count));
                }

                _device.Write(_state[i].View, tensor.Read<float>());
            }
        }
    }

    /// <inheritdoc/>
    public void SaveState(IReadOnlyList<Tensor> state)
    {
        lock (_device.Gate)
        {
            foreach ((int i, Tensor tensor) in state.Index())
            {
                _device.Read(_state[i].View, tensor.Write<float>());
            }
        }
    }

    /// <inheritdoc/>
    public void Sgd(in SgdSettings settings)
    {
        lock (_device.Gate)
        {
            Upload();
            ParameterUpdates.Sgd(_device, _valueThere, _gradientThere, settings.Momentum == 0 ? default : _state[0].View.SubView(0, _valueThere.Length), settings);
            (_isValueNewerThere, _isValueHere) = (true, false);
        }
    }

    /// <inheritdoc/>
    public void AdamW(in AdamWSettings settings)
    {
        lock (_device.Gate)
        {
            Upload();
            ParameterUpdates.AdamW(_device, _valueThere, _gradientThere, _state[0].View.SubView(0, _valueThere.Length), _state[1].View.SubView(0, _valueThere.Length), settings);
            (_isValueNewerThere, _isValueHere) = (true, false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FetchValue(); // readers of a finished run have its last values
        Parameter.Device = null;
        _state.ForEach(each => each.Dispose());
    }
}
