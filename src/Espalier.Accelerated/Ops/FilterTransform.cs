using Espalier.Graphs;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>Makes the weights that a layer multiplies of its parameter: as they are, standardized, or rounded to 8 bits.</summary>
internal sealed class FilterTransform
{
    private readonly Device _device;
    private readonly int _filters;
    private readonly double? _epsilon;
    private readonly bool _isRounded;
    private readonly ArrayView<float> _weight; // what is multiplied; empty where that is the parameter itself
    private readonly ArrayView<float> _gradient;
    private long _version = -1;

    /// <param name="device">The device.</param>
    /// <param name="op">The convolution or linear layer.</param>
    /// <param name="allocate">Takes memory that lives as long as the layer.</param>
    internal FilterTransform(Device device, Op op, Func<long, ArrayView<float>> allocate)
    {
        _device = device;
        _filters = op.Parameters[0].Shape[0];
        _epsilon = (op as Conv2d)?.StandardizationEpsilon;
        _isRounded = QuantizedLayer.Is(op);
        if (_isRounded || _epsilon is not null)
        {
            (_weight, _gradient) = (allocate(op.Parameters[0].Shape.Count), allocate(op.Parameters[0].Shape.Count));
        }
    }

    /// <summary>The weights that are multiplied, as of the call's version.</summary>
    internal ArrayView<float> Weight(ForwardCall call)
    {
        ArrayView<float> weight = call.Parameter("weight");
        if (_weight.Length == 0)
        {
            return weight;
        }

        if (_version != call.Version)
        {
            if (_isRounded)
            {
                Filters.Round(_device, weight, call.Parameter(QuantizedLayer.ScaleRole), _weight);
            }
            else
            {
                Filters.Standardize(_device, weight, _filters, (float)_epsilon!.Value, _weight);
            }

            _version = call.Version;
        }

        return _weight;
    }

    /// <summary>Adds the gradients of the parameters.</summary>
    /// <param name="call">The call.</param>
    /// <param name="compute">Computes the gradient of the weights that are multiplied into memory, added to what is there or stored.</param>
    internal void Backward(BackwardCall call, Action<ArrayView<float>, bool> compute)
    {
        ArrayView<float> weight = call.Forward.Parameter("weight"), target = call.ParameterGradient("weight");
        if (_weight.Length == 0)
        {
            if (target.Length > 0)
            {
                compute(target, true);
            }

            return;
        }

        ArrayView<float> scaleTarget = _isRounded ? call.ParameterGradient(QuantizedLayer.ScaleRole) : default;
        if (target.Length == 0 && scaleTarget.Length == 0)
        {
            return;
        }

        compute(_gradient, false);
        if (_isRounded)
        {
            ArrayView<float> scales = call.Forward.Parameter(QuantizedLayer.ScaleRole);
            Filters.RoundGradient(_device, weight, scales, _gradient, target);
            Filters.ScaleGradients(_device, weight, scales, _gradient, (float)ScaleGradient.OfWeights((int)(weight.Length / _filters)), scaleTarget);
        }
        else
        {
            Filters.StandardizeGradient(_device, weight, _filters, (float)_epsilon!.Value, _gradient, target);
        }
    }
}
